// The page's only way to the sandbox: JSON calls, and a toast in words when one is refused.

export async function callSandbox(method, path, body) {
  try {
    const response = await fetch(path, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (response.ok) return { ok: true, answer };
    return { ok: false, reason: answer.reason ?? 'Sandbox không nhận yêu cầu này.' };
  } catch {
    return { ok: false, reason: 'Không gọi được sandbox. Chương trình còn đang chạy không?' };
  }
}

let hideTimer = 0;

export function showToast(text) {
  const toast = document.getElementById('toast');
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(hideTimer);
  hideTimer = setTimeout(() => {
    toast.hidden = true;
  }, 4_000);
}

/** Does one act of a person; true when it was done. */
export async function act(person, what) {
  const result = await callSandbox('POST', `/control/people/${person.id}/act`, what);
  if (!result.ok) showToast(result.reason);
  return result.ok;
}
