import theme from "vitepress/theme-without-fonts"; // the system's fonts: nothing to load
import "./pages.css";

export default theme;
