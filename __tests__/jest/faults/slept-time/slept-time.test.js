const soon = () => new Promise((resolve) => setTimeout(resolve, 5));

function retry() {
  return new Promise((resolve) => {
    // guilty
    setTimeout(resolve, 60);
  });
}

test('request is sent again', async () => {
  await retry();
});

test('request is sent', soon);
