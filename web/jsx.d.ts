/** Properties that have no attribute and are set as `prop:name`. */
declare module 'solid-js' {
  namespace JSX {
    interface ExplicitProperties {
      indeterminate: boolean
    }
  }
}

export {}
