/*
 * plan_tree.h - a document's tree of steps, laid out as a list whose nodes know
 * their neighbour and their parent.  For plan.c, which makes it, and
 * plan_reach.c alone; others use plan.h.
 */
#ifndef FLOW_PLAN_TREE_H
#define FLOW_PLAN_TREE_H

#include "flow/plan.h"

struct node {
	struct plan_step step; /* first, so that a step leads to its node */
	struct node *next;     /* the step behind it in the same list */
	struct node *parent;   /* the step whose branch it stands in */
	struct node **branch;  /* first step of each branch, NULL if empty */
	size_t n_branches;
	struct node *otherwise; /* first step of `else` or `not_found` */
	struct node *listed;	/* all nodes, in the order of the document */
	int is_reached;		/* plan_reach.c */
};

struct plan {
	struct node *first;
	struct node *all, **last;
	int has_goal;
};

#endif
