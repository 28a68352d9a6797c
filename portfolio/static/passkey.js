"use strict";
// Asks the browser for a passkey and sends what it gives along with its form:
// <form hidden data-passkey="create" or "get" data-options="…as JSON…"> with a hidden field `credential`.
// Where a browser knows no passkeys, the form stays hidden.

/** Bytes from the letters in which JSON carries them. */
function bytes(letters) {
  return Uint8Array.from(atob(letters.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

/** Letters in which JSON carries bytes. */
function letters(buffer) {
  const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Options as the browser wants them: what they name in letters, in bytes. */
function readable(options) {
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
  const read = { ...options, challenge: bytes(options.challenge) };
  if (options.user) {
    read.user = { ...options.user, id: bytes(options.user.id) };
    read.excludeCredentials = named(options.excludeCredentials);
  } else {
    read.allowCredentials = named(options.allowCredentials);
  }
  return read;
}

/** What the browser made, as JSON. */
function written(credential) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) {
      response[part] = letters(credential.response[part]);
    }
  }
  return JSON.stringify({
    id: credential.id,
    rawId: letters(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

/** Before the form is sent, ask for the passkey; then send it. */
async function ask(event) {
  const form = event.target;
  const said = form.querySelector("[data-passkey-said]");
  const name = form.elements.name;
  if (form.elements.credential.value || (name && !name.value.trim())) {
    return;
  }
  event.preventDefault();
  said.hidden = true;
  try {
    const publicKey = readable(JSON.parse(form.dataset.options));
    const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
    form.elements.credential.value = written(credential);
    form.requestSubmit(event.submitter);
  } catch {
    said.hidden = false;
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", ask);
  }
}
