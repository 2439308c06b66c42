/** Makes the frame with the client's phone as tall as what is in it. */

export function fit(frame) {
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== location.origin) return;
    const height = event.data?.previewHeight;
    if (Number.isFinite(height)) frame.style.height = `${height}px`;
  });
  // It may have spoken before anybody listened.
  const body = frame.contentDocument?.body;
  if (frame.contentDocument?.readyState === "complete" && body?.children.length) frame.style.height = `${body.getBoundingClientRect().height}px`;
}
