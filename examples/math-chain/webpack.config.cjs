// Bundled as a service would be shipped: webpack, babel-loader, and the plugin in babel.config.cjs.
const { join } = require('node:path');

module.exports = {
  mode: 'production',
  target: 'node20',
  entry: './src/main.ts',
  output: { path: join(__dirname, 'dist'), filename: 'math-chain.cjs' },
  // TypeScript names the file that a source is compiled to.
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  devtool: 'source-map',
  module: {
    rules: [{ test: /\.ts$/, loader: 'babel-loader' }],
  },
};
