export const start = () => {
  const monitor = { beats: 0 };
  // guilty
  setInterval(() => monitor.beats++, 1000);
  return monitor;
};
