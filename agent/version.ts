/** The version of this agent, as it tells the server. */
export const agentVersion = '0.1.0'
