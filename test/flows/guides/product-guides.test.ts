// Whoever is known to have a spa is not shown how a school does it, and the other way round.
import { describe, expect, it } from 'vitest';
import { guidesFor } from '../../../src/flows/run-scope.ts';
import { sampleFacts } from '../../../src/flows/sample-facts.ts';
import { library, shipped } from './shipped-guides.ts';

const WRONG_BEFORE: [product: 'spa' | 'training', question: string, guide: string][] = [
  ['spa', 'hôm nay thu dc nhiêu', 'bao-cao-trung-tam'],
  ['spa', 'in mã qr để khách quét trả tiền', 'thu-hoc-phi-qr'],
  ['spa', 'cho nhân viên nghỉ lễ', 'xep-lich-hoc'],
  ['spa', 'lương nhân viên tính ở đâu', 'luong-giao-vien'],
  ['training', 'lớp này lãi hay lỗ', 'bao-cao-loi-lo'],
];

describe('a library for the products of a customer', () => {
  it.each(WRONG_BEFORE)(
    '%s: does not answer or offer for "%s" what is about the other product',
    (product, question) => {
      const { found, suggestions } = library.forProducts([product]).search(question);
      for (const guide of [found, ...suggestions]) expect([undefined, 'common', product]).toContain(guide?.product);
    },
  );

  it.each([
    ['xem doanh thu hôm nay', 'phan-quyen'],
    ['huỷ lịch của khách sao ạ', 'nhat-ky-thao-tac'],
  ])('offers a common guide where another product has a better answer to "%s", and no more', (question, guide) => {
    const { found, suggestions } = library.forProducts(['training']).search(question);
    expect(found).toBeNull();
    expect(suggestions.map(({ id }) => id)).toContain(guide);
  });

  it('lists the guides of those products and those of none', () => {
    const products = new Set(library.forProducts(['training']).guides.map(({ product }) => product));
    expect(products).toEqual(new Set(['training', 'common']));
  });

  it.each([[[]], [['hoa-don-dien-tu']], [['spa', 'training']]])('is the whole one for %j', (products) => {
    expect(library.forProducts(products)).toBe(library);
  });

  it('forgets products that no guide is about beside one that some are about', () => {
    expect(library.forProducts(['zalo-oa', 'spa'])).toBe(library.forProducts(['spa']));
  });

  it('is of all products that a customer has, not only of the one that a script is about', () => {
    const facts = sampleFacts('zalo', '2026-11-24T02:00:00Z', { subscription: { product: 'spa' } });
    expect(guidesFor(facts, library)).toBe(library.forProducts(['spa']));
    expect(guidesFor({ ...facts, products: ['spa', 'training'] }, library)).toBe(library);
    expect(guidesFor({ ...facts, subscription: null }, library)).toBe(library);
  });

  it('still answers who asks for a guide by its title', () => {
    const spa = library.forProducts(['spa']);
    for (const guide of shipped.guides) {
      expect(spa.byId(guide.id)).toBe(guide);
      expect(spa.search(`cho mình hỏi ${guide.title} làm thế nào vậy`).found).toBe(guide);
    }
  });
});
