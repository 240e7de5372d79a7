import { answerCalls } from '../src/rpc.ts';
import { awaitWasm } from '../src/wasm.ts';
import { workbenchMethods } from '../src/workbench/methods.ts';

awaitWasm();
answerCalls(workbenchMethods());
