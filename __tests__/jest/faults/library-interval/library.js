exports.work = async () => {
  await null;
  // guilty
  setInterval(() => {}, 30_000);
};
