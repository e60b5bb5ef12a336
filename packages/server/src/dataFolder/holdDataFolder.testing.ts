// A process that opens the data folder in its first argument, says so, and holds it until it is ended.
import { systemClock } from '@mkiot/core/clock/systemClock';
import { randomFill } from '../runtime/nodeCrypto.ts';
import { openDataFolder } from './dataFolder.ts';

using dataFolder = await openDataFolder(process.argv[2] ?? '', { clock: systemClock, randomFill });
process.stdout.write(`${dataFolder.installationId}\n`);
await new Promise((resolve) => process.stdin.on('end', resolve).resume());
