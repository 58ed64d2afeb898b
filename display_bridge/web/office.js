/** What only the office's screens have: the motion mouse and private mode. They fetch it when they begin; a citizen's
 *  page never does. Until it is there, and on every other page, `office` is empty. */
import { handsSheet, handsTool } from "./hands-sheet.js";
import { Hands } from "./hands.js";
import { office } from "./live-parts.js";
import { privateCheck, privateMark, privateNotice, saidByCheck, wristQuestion } from "./private-mode.js";

Object.assign(office, { Hands, handsSheet, handsTool, privateCheck, privateMark, privateNotice, saidByCheck, wristQuestion });
