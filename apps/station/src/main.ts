import { keepOffline } from './keepOffline.ts';

const offline = document.querySelector('#offline') as HTMLElement;
offline.textContent = (await keepOffline())
  ? 'This page works without the server too.'
  : 'This browser does not keep the page: it works while the server does. Trust the certificate authority of the server first.';
