// guilty
const timer = setInterval(() => {}, 1000);

exports.close = () => clearInterval(timer);
