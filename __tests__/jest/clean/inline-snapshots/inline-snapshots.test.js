test('snapshots in the test itself', () => {
  expect({ part: 'nut' }).toMatchInlineSnapshot(`
{
  "part": "nut",
}
`);
  expect('bolt').toMatchInlineSnapshot(`"bolt"`);
});

test('several of them', () => {
  for (const part of ['nut']) expect(part).toMatchInlineSnapshot(`"nut"`);
  expect(2).toMatchInlineSnapshot(`2`);
});
