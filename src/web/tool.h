/* tool: `custos casebook …`: what is done with a casebook without its pages. */
#ifndef CUSTOS_WEB_TOOL_H
#define CUSTOS_WEB_TOOL_H

/* argv[0] is "casebook". An exit status. */
int tool_main(int argc, char **argv);

#endif
