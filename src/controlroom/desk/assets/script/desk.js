// What every page of the desk does.
import { askFirst } from "./ask.js";
import { startCopying } from "./copy.js";
import { startHelp } from "./help.js";
import { listen } from "./keys.js";
import { startNet } from "./net.js";
import { startSides } from "./sides.js";
import { startTimes } from "./times.js";
import { startToasts } from "./toast.js";

askFirst(); // before htmx, whose own submit must wait for the answer
startNet();
startToasts();
startTimes();
startCopying();
startSides();
startHelp();
listen();
