/** The one dialog of the page: a question with yes and no, and an input where one is needed. */

const dialog = document.getElementById("dialog");
const input = document.getElementById("dialog-input");
const part = (name) => document.getElementById(`dialog-${name}`);

part("no").addEventListener("click", () => dialog.close(""));
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close("");
});

/** Ask; what was entered (true where there is no input), or null when it was dismissed. */
export function ask({ title, text = "", yes, input: wanted = null }) {
  part("title").textContent = title;
  part("text").textContent = text;
  part("text").hidden = !text;
  part("yes").textContent = yes;
  input.hidden = !wanted;
  input.disabled = !wanted;
  for (const name of ["min", "max", "maxlength"]) input.removeAttribute(name);
  input.type = "text";
  input.required = false;
  for (const [key, value] of Object.entries(wanted ?? {})) if (value !== undefined) input[key] = value;
  dialog.returnValue = "";
  dialog.showModal();
  (wanted ? input : part("yes")).focus();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => resolve(dialog.returnValue !== "yes" ? null : wanted ? input.value : true),
      { once: true },
    );
  });
}
