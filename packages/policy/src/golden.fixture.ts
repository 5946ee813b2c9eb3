export { expected, goldenModels, tinyGpt2 } from "../../../tools/golden-models.fixture.ts";
