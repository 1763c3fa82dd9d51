// Builds the portal's web app into dist/, which the portal serves. The dev server hands /api and /auth to a running portal (DESKFLEET_URL).
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const portal = process.env['DESKFLEET_URL'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    manifest: true,
    chunkSizeWarningLimit: 900,
  },
  server: { proxy: { '/api': portal, '/auth': portal, '/oidc': portal } },
});
