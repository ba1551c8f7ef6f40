// How this repository compiles itself. The programs of the behaviour tests and of the engines' suite go
// through the project's own plugin, as any user's would; the runtime and the plugin themselves must not.
const CREATION = /[\\/]suite[\\/].*\.creation\.ts$/;

module.exports = (api) => {
  const isEsm = api.env('esm');
  return {
    presets: [['@babel/preset-typescript', { onlyRemoveTypeImports: true }]],
    plugins: isEsm
      ? []
      : ['babel-plugin-transform-import-meta', '@babel/plugin-transform-modules-commonjs'],
    overrides: [
      {
        test: './__tests__/engines/suite',
        exclude: ['./__tests__/engines/suite/harness', CREATION],
        plugins: [['@throughline/babel-plugin', { causes: api.env('causes') }]],
      },
      {
        test: CREATION,
        plugins: [
          ['@throughline/babel-plugin', { causes: api.env('causes'), generators: 'creation' }],
        ],
      },
      {
        test: './__tests__/behaviour',
        // The built packages are tried as in development, the sources as in production.
        plugins: [['@throughline/babel-plugin', { causes: api.env('causes') }]],
      },
    ],
  };
};
