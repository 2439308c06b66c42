/** On what LINE is being used: a phone, or a computer, where it shows no quick replies and no sign of waiting. */

const KEY = "simulator.device";

let pc = stored() === "pc";
document.body.classList.toggle("on-pc", pc);

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export const isPc = () => pc;

/** Use LINE on a computer, or on a phone again; here and on the next visit. */
export function usePc(use) {
  pc = use;
  document.body.classList.toggle("on-pc", pc);
  try {
    localStorage.setItem(KEY, pc ? "pc" : "phone");
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
