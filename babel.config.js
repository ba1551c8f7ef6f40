// How this repository compiles itself. Examples and behaviour tests go through the project's own
// plugin, as any program would; the runtime and the plugin themselves must not.
export default (api) => {
  const esm = api.env('esm');
  return {
    presets: [['@babel/preset-typescript', { onlyRemoveTypeImports: true }]],
    plugins: esm ? [] : ['@babel/plugin-transform-modules-commonjs'],
    overrides: [
      {
        test: ['./__tests__/behaviour', './__tests__/programs'],
        plugins: ['@throughline/babel-plugin'],
      },
    ],
  };
};
