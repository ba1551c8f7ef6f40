module.exports = {
  presets: ['@babel/preset-typescript'],
  // What is shipped needs no causes. With NODE_ENV=production, which Babel goes by, that is the default.
  plugins: [['@throughline/babel-plugin', { causes: false }]],
};
