import type { ReactNode } from 'react';
import { Component } from 'react';

interface BoundaryState {
  broken: boolean;
}

/** Where a part of the page cannot be drawn, the rest stays, and there is a way on. */
export class Boundary extends Component<{ children: ReactNode }, BoundaryState> {
  override state: BoundaryState = { broken: false };

  static getDerivedStateFromError(): BoundaryState {
    return { broken: true };
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    return (
      <div className="notice" role="alert">
        <h1>This page could not be drawn</h1>
        <span>The address may hold something that it does not know, or the fault is ours.</span>
        <a className="button" href={window.location.href}>
          Load it again
        </a>
        <a href="/overview">To the overview</a>
      </div>
    );
  }
}
