module.exports = {
  presets: ['@babel/preset-typescript'],
  // Causes are for development. They are off by default when NODE_ENV is `production`.
  plugins: [['@throughline/babel-plugin', { causes: false }]],
};
