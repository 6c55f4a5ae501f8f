// Elements from plain values: text is always text, never markup.

/** `properties` are set on the element; `dataset`, `attributes` and `on` are objects; children may be strings. */
export function build(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  const { dataset = {}, attributes = {}, on = {}, ...rest } = properties;
  Object.assign(element, rest);
  Object.assign(element.dataset, dataset);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener);
  element.append(...children.filter((child) => child !== null && child !== ''));
  return element;
}

const shapes = {
  send: 'M3 20.5 21.5 12 3 3.5 3 10l12 2-12 2z',
  plus: 'M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z',
  smile:
    'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 18a8 8 0 1 1 0-16 8 8 0 0 1 0 16zM8.5 11a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zm7 0a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM12 17.5c2.3 0 4.3-1.4 5.1-3.5H6.9c.8 2.1 2.8 3.5 5.1 3.5z',
  image:
    'M4 4h16a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V6c0-1.1.9-2 2-2zm0 2v9.6l4.5-4.6 4 4 2.5-2.5 5 5V6zm11.5 4.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z',
  place: 'M12 2a7 7 0 0 0-7 7c0 5.2 7 13 7 13s7-7.8 7-13a7 7 0 0 0-7-7zm0 9.5a2.5 2.5 0 1 1 0-5 2.5 2.5 0 0 1 0 5z',
  card: 'M4 4h16a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V6c0-1.1.9-2 2-2zm4.5 8a2.3 2.3 0 1 0 0-4.5 2.3 2.3 0 0 0 0 4.5zM4.5 17h8c0-2.200-2-3.500-4-3.500s-4 1.300-4 3.500zM14 8.500h5V10h-5zm0 4h5V14h-5z',
  react:
    'M12 20.5 4 12.700C1.600 10.200 2.200 6.300 5 4.800c2.300-1.200 4.900-.5 6.400 1.500l.6.800.6-.8c1.500-2 4.100-2.700 6.400-1.500 2.800 1.500 3.400 5.400 1 7.900z',
  link: 'M14 3h7v7h-2V6.400l-9.300 9.300-1.400-1.400L17.600 5H14zM5 5h5v2H5v12h12v-5h2v5a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7c0-1.100.9-2 2-2z',
  phone:
    'M6.600 10.800c1.400 2.800 3.800 5.100 6.600 6.600l2.200-2.200c.3-.3.7-.4 1-.2 1.100.4 2.300.6 3.600.6.600 0 1 .4 1 1V20c0 .6-.4 1-1 1A17 17 0 0 1 3 4c0-.600.400-1 1-1h3.500c.600 0 1 .400 1 1 0 1.300.2 2.500.6 3.600.1.300 0 .7-.2 1z',
  file: 'M6 2h8l6 6v12a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V4c0-1.100.900-2 2-2zm7 1.500V9h5.500z',
};

/** A decorative icon in the colour of the text around it. */
export function icon(name) {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(namespace, 'path');
  path.setAttribute('d', shapes[name]);
  svg.append(path);
  return svg;
}
