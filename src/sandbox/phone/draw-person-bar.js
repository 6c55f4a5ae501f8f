// Who holds the phone: the list of people, a new one, and the rarer things they can do.
import { build } from './build-element.js';

/** `deps`: channel, act(what), person(), addPerson(), pickPerson(id), askStaff(person), remove(person), submitInfo(). */
export function createPersonBar(section, deps) {
  const select = section.querySelector('.person-select');
  const more = section.querySelector('.more');
  select.addEventListener('change', () => deps.pickPerson(select.value));
  section.querySelector('.add-person').addEventListener('click', deps.addPerson);
  more.addEventListener('click', (event) => {
    const what = event.target.dataset?.act;
    if (what === undefined || deps.person() === null) return;
    more.open = false;
    chooseAct(deps, what);
  });
  more.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') more.open = false;
  });
  document.addEventListener('click', (event) => {
    if (!more.contains(event.target)) more.open = false;
  });
  return {
    show(person, people) {
      const options = people.map((each) =>
        build('option', { value: each.id, textContent: each.isBlocking ? `${each.name} (đang chặn)` : each.name }),
      );
      const none = build('option', { value: '', textContent: 'Chưa có khách' });
      select.replaceChildren(...(options.length === 0 ? [none] : options));
      select.disabled = options.length === 0;
      if (person !== null) select.value = person.id;
      for (const button of more.querySelectorAll('button')) button.disabled = person === null;
      more.querySelector('[data-act="block"]').textContent = person?.isBlocking ? 'Bỏ chặn' : 'Chặn';
      more.querySelector('[data-act="unfollow"]').disabled = person?.isFollowing !== true;
    },
  };
}

function chooseAct(deps, what) {
  const person = deps.person();
  switch (what) {
    case 'staff':
      return deps.askStaff(person);
    case 'remove':
      return deps.remove(person);
    case 'submit_info':
      return deps.submitInfo();
    case 'refer':
      return deps.act({ type: 'refer', ref: 'QUANG-CAO-SPA' });
    case 'block':
      return deps.act({ type: person.isBlocking ? 'unblock' : 'block' });
    default:
      return deps.act({ type: what });
  }
}
