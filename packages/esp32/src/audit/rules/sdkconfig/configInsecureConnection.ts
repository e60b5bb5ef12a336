import type { Rule } from '../../rule.ts';
import { KCONFIG } from '../references.ts';
import type { InsecureOption } from './insecureOptions.ts';
import { wrongOptions } from './wrongOptions.ts';

const OPTIONS: readonly InsecureOption[] = [
  {
    names: ['ESP_TLS_SKIP_SERVER_CERT_VERIFY'],
    wrong: 'y',
    severity: 'high',
    opens: 'a connection without a check of who answers it is allowed',
  },
  { names: ['ESP_TLS_INSECURE'], wrong: 'y', severity: 'medium', opens: 'insecure TLS options can be chosen' },
  {
    names: ['ESP_HTTPS_OTA_ALLOW_HTTP', 'OTA_ALLOW_HTTP'],
    wrong: 'y',
    severity: 'high',
    opens: 'updates may come over plain HTTP',
  },
];

export const configInsecureConnection: Rule = {
  id: 'config-insecure-connection',
  title: 'The firmware takes connections or updates from whoever answers',
  meaning:
    'Somebody in the same network, or at the name server, can pose as your server: read what is sent, and send own updates.',
  severity: 'high',
  mend: [
    'Switch off what the evidence names; give esp_tls or esp_http_client the certificate of your server, or esp_crt_bundle_attach.',
  ],
  references: [KCONFIG],
  needs: ['sdkconfig'],
  check: (subject) => wrongOptions(subject, OPTIONS),
};
