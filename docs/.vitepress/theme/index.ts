import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme'
import { defineAsyncComponent } from 'vue'
import './style.css'

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    // Of one page alone; nobody else loads it.
    app.component(
      'CompareFiles',
      defineAsyncComponent(() => import('./compare/CompareFiles.vue')),
    )
  },
}

export default theme
