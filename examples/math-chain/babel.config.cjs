module.exports = {
  presets: ['@babel/preset-typescript'],
  plugins: ['@throughline/babel-plugin'],
};
