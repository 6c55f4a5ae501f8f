// The stickers of the phone page; files under phone/stickers, ids in the form that each provider uses.
export type Sticker = { name: string; zaloId: string; messengerId: number };

export const stickers: readonly Sticker[] = [
  { name: 'like', zaloId: 'bfe458bf64fa8da4d4eb', messengerId: 369239263222822 },
  { name: 'heart', zaloId: 'a1c2f07b93de51468f10', messengerId: 369239343222814 },
  { name: 'smile', zaloId: 'c07d5e2b81fa63947d22', messengerId: 369239383222810 },
  { name: 'wow', zaloId: 'd4b86a1f20ce97358e33', messengerId: 369239263222833 },
  { name: 'sad', zaloId: 'e93a7c5d14bf08267a44', messengerId: 369239263222844 },
  { name: 'gift', zaloId: 'f58b2d6e37ac19058b55', messengerId: 369239263222855 },
];
