// Questions several quality screens ask.
import { api, ask } from '../../api/http.ts';

export const samplesQuery = { queryKey: ['qa', 'samples'], queryFn: () => ask(api.GET('/samples', { params: { query: { size: 200 } } })) };
