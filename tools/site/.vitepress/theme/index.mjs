import theme from "vitepress/theme-without-fonts"; // the system's fonts: nothing to load
import TrainInYourBrowser from "./TrainInYourBrowser.vue";
import "./pages.css";

export default { ...theme, enhanceApp: ({ app }) => void app.component("TrainInYourBrowser", TrainInYourBrowser) };
