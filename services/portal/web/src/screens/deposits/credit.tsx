// What a client can still spend: later invoices use it first, and after the end finance pays it out.
import { useQuery } from '@tanstack/react-query';
import { api, ask } from '../../api/http.ts';
import { useSession } from '../../api/session.ts';
import { useFormat } from '../../format/use-format.ts';
import { Loaded, Panel } from '../../parts/page.tsx';
import { useWords } from '../../words/words.ts';
import { MoneyForm } from './money-form.tsx';
import { creditQuery } from './queries.ts';
import { depositWords } from './words.ts';

export function Credit({ clientId }: { clientId: string }) {
  const said = useWords(depositWords);
  const format = useFormat();
  const session = useSession();
  const query = useQuery(creditQuery(clientId));
  return (
    <Panel title={said.credit} about={said.creditAbout}>
      <Loaded query={query} what={said.credit} rows={1}>
        {({ balance }) =>
          balance.length === 0 ? (
            <p className="quiet">{said.creditNone}</p>
          ) : (
            balance.map(({ currency, amount }) => (
              <div key={`${currency} ${amount}`}>
                <p>
                  <strong>{format.money({ currency, amount })}</strong>
                </p>
                {session.role === 'client' ? null : (
                  <MoneyForm
                    currency={currency}
                    amount={amount}
                    idLabel={said.payoutId}
                    dayLabel={said.paidOn}
                    submit={said.payOutCredit}
                    send={(movement) =>
                      ask(
                        api.POST('/clients/{clientId}/credit/payouts', {
                          params: { path: { clientId } },
                          body: {
                            payoutId: movement.id,
                            amount: { currency, amount: movement.amount },
                            paidOn: movement.on,
                            reference: movement.reference,
                          },
                        }),
                      )
                    }
                    done={() => said.recorded2}
                  />
                )}
              </div>
            ))
          )
        }
      </Loaded>
    </Panel>
  );
}
