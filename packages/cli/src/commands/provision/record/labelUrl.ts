import { LABEL_DEVICE, LABEL_MAC } from '@mkiot/esp32/station/record/labelContent';
import { usageError } from '../../../usageErrors.ts';

/** What is typed after `--label-url`. @throws `ARGUMENT_WRONG` */
export function labelUrl(value: string): string {
  const example = value.replaceAll(LABEL_DEVICE, 'device').replaceAll(LABEL_MAC, '0123456789ab');
  if (/^https?:\/\//.test(value) && URL.canParse(example)) return value;
  const allowed = `a URL such as https://support.example/?unit=${LABEL_DEVICE}`;
  throw usageError('ARGUMENT_WRONG', { argument: '--label-url', value, allowed });
}
