import { efuseNumber } from '../../boot/efuseFields.ts';
import { type LoaderCommand, type LoaderContext, words } from '../loaderCommand.ts';
import { LoaderFailure } from '../loaderStatus.ts';
import { RamDownload } from '../ramDownload.ts';

export const memBegin: LoaderCommand = {
  name: 'MEM_BEGIN',
  lengths: words(4),
  run(context, [bytes = 0, packets = 0, packetBytes = 0, address = 0]) {
    const { model, bus } = context.hardware;
    context.ram ??= new RamDownload(model.chip, (at, data) => bus.load(at, data));
    context.ram.begin({ bytes, packets, packetBytes, address });
  },
};

export const memData: LoaderCommand = {
  name: 'MEM_DATA',
  lengths: () => true,
  hasPacket: true,
  run({ ram }, _words, packet) {
    if (ram === undefined) throw new LoaderFailure('order');
    ram.take(packet);
  },
};

/** Whether to stay in the loader, and where to go if not. */
export const memEnd: LoaderCommand = {
  name: 'MEM_END',
  lengths: words(2),
  run(context, [stay, entryPoint = 0]) {
    if (context.ram === undefined || !context.ram.isComplete) throw new LoaderFailure('order');
    if (stay !== 0) return {};
    if (refusesUploadedCode(context)) throw new LoaderFailure('command');
    return { after: () => context.runCode(entryPoint) };
  },
};

/** The ROM of the S3 runs no uploaded code while secure boot is on. */
function refusesUploadedCode({ hardware, dialect }: LoaderContext): boolean {
  const { model, efuses } = hardware;
  const hasRule = dialect === 'rom' && model.loader.flashReadPointer !== undefined;
  return hasRule && efuseNumber(efuses.readable(), 'SECURE_BOOT_EN') === 1;
}
