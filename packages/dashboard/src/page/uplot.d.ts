// uplot.js is uPlot's own module, which the server has under this name.
export { default } from "uplot";
