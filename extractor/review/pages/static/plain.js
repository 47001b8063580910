// Pages without anything of their own: the keys that work everywhere.
import { everywhere, listen } from "./keys.js";

listen("everywhere", everywhere());
