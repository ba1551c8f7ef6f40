describe('header', () => {
  test('sticks', () => {
    const header = document.createElement('header');
    document.body.append(header);
    // guilty
    window.addEventListener('scroll', () => header.classList.toggle('stuck', scrollY > 0));
    window.dispatchEvent(new Event('scroll'));
    expect(header.className).toBe('');
  });

  test('is removed', () => {
    document.querySelector('header').remove();
  });
});
