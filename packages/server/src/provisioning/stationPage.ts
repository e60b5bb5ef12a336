import type { Page } from '../http/pages.ts';
import { modulePage } from '../modulePages/modulePage.ts';

/** The provisioning station for a browser. It is a client of the public API: what it may do, its user's token says. */
export function stationPage(version: string): Page {
  return modulePage({
    path: '/station',
    title: 'Provisioning station',
    generator: `MkIoT ${version}`,
    main: '@mkiot/station/main',
    serviceWorker: '@mkiot/station/serviceWorker',
    body: '@mkiot/station/page/station.html',
    style: '@mkiot/station/page/station.css',
  });
}
