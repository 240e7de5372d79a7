import { dropzoneMethods } from '../src/dropzone/methods.ts';
import { answerCalls } from '../src/rpc.ts';

answerCalls(dropzoneMethods());
