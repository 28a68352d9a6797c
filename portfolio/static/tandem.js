"use strict";
// Every page works without this script; it saves a round trip and a second click.

/** Replace the placeholders of a repeating row: __i__ its index, __n__ its number for a reader. */
function numbered(words, index) {
  return words.replaceAll("__i__", index).replaceAll("__n__", index + 1);
}

/** A new row from its template, with its own names, ids and words. */
function rowFrom(template, index) {
  const row = template.content.cloneNode(true);
  for (const element of row.querySelectorAll("*")) {
    for (const attribute of element.attributes) {
      attribute.value = numbered(attribute.value, index);
    }
  }
  const words = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    words.currentNode.data = numbered(words.currentNode.data, index);
  }
  return row;
}

/** A button such as <button name="add" value="criteria"> adds a row where its template stands. */
function addRow(event) {
  const button = event.target.closest('button[name="add"]');
  const template = button?.form?.querySelector(`template[data-row="${CSS.escape(button.value)}"]`);
  if (!template) {
    return;
  }
  event.preventDefault();
  const index = Number(template.dataset.next);
  const row = rowFrom(template, index);
  const first = row.querySelector("input:not([type=hidden]), textarea, select");
  template.before(row);
  template.dataset.next = index + 1;
  first?.focus();
  button.hidden = index + 1 >= Number(template.dataset.most || Infinity);
}

/** A form is sent once; its button keeps its label and says that it is busy. */
function sendOnce(event) {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) {
    return;
  }
  if (form.hasAttribute("aria-busy")) {
    event.preventDefault();
    return;
  }
  form.setAttribute("aria-busy", "true");
  const saving = event.submitter?.dataset.saving;
  if (saving) {
    const word = document.createElement("span");
    word.className = "busy-word";
    word.setAttribute("role", "status");
    word.textContent = saving;
    event.submitter.append(word);
  }
}

/** Coming back with the browser's button finds the form ready again. */
function ready() {
  document.querySelectorAll("form[aria-busy]").forEach((form) => form.removeAttribute("aria-busy"));
  document.querySelectorAll(".busy-word").forEach((word) => word.remove());
}

/** Each chosen picture asks for its own words; without this script they are the lines of one box, and so they are sent. */
function askWhatPicturesShow(event) {
  const input = event.target.closest('[data-pictures] input[type="file"]');
  if (!input) {
    return;
  }
  const box = input.closest("[data-pictures]").querySelector("textarea");
  const field = box.closest(".field");
  const before = box.value.split("\n");
  field.querySelectorAll(".shows").forEach((row) => row.remove());
  const lines = [...input.files].map((file, index) => {
    const row = document.createElement("label");
    row.className = "shows form-label mt-2";
    row.append(file.name);
    const line = document.createElement("input");
    line.className = "form-control";
    line.value = before[index] ?? "";
    line.maxLength = 300;
    row.append(line);
    field.append(row);
    return line;
  });
  const gather = () => {
    box.value = lines.map((line) => line.value.trim()).join("\n");
  };
  lines.forEach((line) => line.addEventListener("input", gather));
  box.hidden = lines.length > 0;
}

document.addEventListener("change", askWhatPicturesShow);
document.addEventListener("click", addRow);
document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", ready);
