// client-onboarding: whose shops we serve, and on what terms. The composition root, and the only file that knows every part.
import { runService } from '@deskfleet/service-kit';
import { clientOnboarding } from './service.ts';

await runService(clientOnboarding);
