/** Makes every frame with a client's phone on the page as tall as what is in it. */

import { fit } from "./announcement-fit.js";

for (const frame of document.querySelectorAll("iframe.preview")) fit(frame);
