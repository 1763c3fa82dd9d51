// The process.
import { runService } from '@deskfleet/service-kit';
import { slaMonitoring } from './service.ts';

await runService(slaMonitoring);
