// The process.
import { runService } from '@deskfleet/service-kit';
import { service } from './service.ts';

await runService(service);
