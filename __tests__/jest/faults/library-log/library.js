exports.work = async (text) => {
  await new Promise((settle) => setTimeout(settle, 20));
  // guilty
  console.log(text);
};
