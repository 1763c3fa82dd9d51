// Connects a shop's channel for live messages. The webhook's secret is shown once, here, and nowhere again.
import { useMutation } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { api, ask } from '../../api/http.ts';
import type { Shop } from '../../api/types.ts';
import { ShopChoice } from '../../parts/chooser.tsx';
import { Choice, Field } from '../../parts/field.tsx';
import { Panel } from '../../parts/page.tsx';
import { Refusal } from '../../parts/problem.tsx';
import { dictionary, useWords } from '../../words/words.ts';

const words = dictionary(
  {
    title: '接入实时消息',
    about: '渠道用签名的 webhook 把消息送进来。再接入一次会换密钥。',
    shop: '店铺',
    channel: '渠道',
    channelHint: '与消息里的 channel 一致',
    kind: '谁分配客服',
    platform: '平台分配',
    own: '我们分配',
    connect: '接入并生成密钥',
    secret: '密钥只显示这一次，现在就存好：',
    address: '消息地址',
  },
  {
    title: 'Connect live messages',
    about: 'The channel sends messages by a signed webhook. Connecting again replaces the secret.',
    shop: 'Shop',
    channel: 'Channel',
    channelHint: 'as the messages name it',
    kind: 'Who assigns the agent',
    platform: 'the platform',
    own: 'we do',
    connect: 'Connect and create a secret',
    secret: 'The secret is shown this once. Keep it now:',
    address: 'Send messages to',
  },
);

export function ConnectChannel() {
  const said = useWords(words);
  const [shop, setShop] = useState<Shop>();
  const shopId = shop?.shopId ?? '';
  const [channel, setChannel] = useState('');
  const [kind, setKind] = useState<'platform' | 'own'>('platform');
  const connect = useMutation({
    mutationFn: () => ask(api.POST('/shops/{shopId}/channels', { params: { path: { shopId } }, body: { channel: channel.trim(), channelKind: kind } })),
  });
  const code = shop?.code ?? '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    connect.mutate();
  };
  return (
    <Panel title={said.title} about={said.about}>
      <form className="form" onSubmit={submit}>
        <div className="fields">
          <Field label={said.shop}>{(field) => <ShopChoice described={field} value={shopId} onChange={setShop} empty="" />}</Field>
          <Field label={said.channel} hint={said.channelHint}>
            {(field) => <Input {...field} value={channel} onChange={(event) => setChannel(event.target.value)} required maxLength={100} />}
          </Field>
          <Field label={said.kind}>
            {(field) => (
              <Choice
                described={field}
                value={kind}
                onChange={setKind}
                options={[
                  ['platform', said.platform],
                  ['own', said.own],
                ]}
              />
            )}
          </Field>
        </div>
        <Refusal error={connect.error} />
        {connect.data === undefined ? null : (
          <div className="once" role="status">
            <p>{said.secret}</p>
            <code>{connect.data.secret}</code>
            <p>
              {said.address} <code>{`${window.location.origin}/api/v1/channels/${encodeURIComponent(code)}/messages`}</code>
            </p>
          </div>
        )}
        <p>
          <Button htmlType="submit" loading={connect.isPending}>
            {said.connect}
          </Button>
        </p>
      </form>
    </Panel>
  );
}
