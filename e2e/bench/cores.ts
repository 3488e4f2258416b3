/** What is measured has one core; who loads it, and a broker that is not measured, have the other. */
export const [SERVER_CORE, LOAD_CORE] = [0, 1]
