import tseslint from "typescript-eslint";

// The barrel of a provider package loads 1,500 to 2,200 modules and up to 1.6 GB of memory: import lib/<resource> only.
const barrels = ["aws", "google", "azurerm"].map((provider) => ({
  name: `@cdktf/provider-${provider}`,
  message: `Import @cdktf/provider-${provider}/lib/<resource>: the barrel loads every resource of the provider.`,
}));

export default tseslint.config(
  { ignores: ["node_modules/", "cdktf.out/", ".local-cloud/", "state/", "hcp-stacks/"] },
  ...tseslint.configs.recommended,
  {
    rules: {
      eqeqeq: "error",
      "no-console": "error",
      "prefer-const": "error",
      "no-restricted-imports": ["error", { paths: barrels }],
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  { files: ["**/*.cjs"], rules: { "@typescript-eslint/no-require-imports": "off" } },
  {
    files: ["cli/**", "local-cloud/run.ts", "local-cloud/bench.ts", "fuzz/run.ts", "main.ts"],
    rules: { "no-console": "off" },
  },
);
